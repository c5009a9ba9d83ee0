/*
 * Bytes as JavaScript text and back, without loss: UTF-8, and each byte that is not part of valid UTF-8 as a lone surrogate
 * U+DC80…U+DCFF. The engine's own conversion takes surrogates as three bytes each, in both directions; what is left to do
 * is to tell valid UTF-8 (RFC 3629) from the rest.
 */
#include <stdbool.h>
#include <string.h>

#include "host.h"

/* The length of the valid UTF-8 sequence at `at`, or 0. */
static size_t sequence_length(const unsigned char *at, size_t left)
{
    unsigned char first = at[0];
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
    if (length == 0 || length > left)
        return 0;
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t more = 2; more < length; more++)
        if ((at[more] & 0xc0) != 0x80)
            return 0;
    return length;
}

JSValue text_from_bytes(JSContext *ctx, const char *bytes, size_t length)
{
    const unsigned char *in = (const unsigned char *)bytes;
    size_t at = 0, step;
    while (at < length && (step = in[at] < 0x80 ? 1 : sequence_length(in + at, length - at)) != 0)
        at += step;
    if (at == length)
        return JS_NewStringLen(ctx, bytes, length);
    unsigned char *escaped = js_malloc(ctx, at + (length - at) * 3);
    if (escaped == NULL)
        return JS_EXCEPTION;
    memcpy(escaped, in, at);
    size_t out = at;
    while (at < length) {
        step = sequence_length(in + at, length - at);
        if (step == 0) {
            /* U+DC00 + byte in three bytes: ED B2 80 … ED B3 BF */
            escaped[out++] = 0xed;
            escaped[out++] = 0xb0 | (in[at] >> 6);
            escaped[out++] = 0x80 | (in[at] & 0x3f);
            at += 1;
        } else {
            memcpy(escaped + out, in + at, step);
            out += step;
            at += step;
        }
    }
    JSValue text = JS_NewStringLen(ctx, (char *)escaped, out);
    js_free(ctx, escaped);
    return text;
}

char *bytes_from_text(JSContext *ctx, JSValueConst text, size_t *length)
{
    size_t left;
    const char *encoded = JS_ToCStringLen(ctx, &left, text);
    if (encoded == NULL)
        return NULL;
    char *bytes = js_malloc(ctx, left + 1);
    if (bytes != NULL) {
        const unsigned char *in = (const unsigned char *)encoded;
        size_t out = 0;
        while (left > 0) {
            /* A lone surrogate comes as ED A0…BF xx. U+DC80…U+DCFF is a byte; no byte gives any other. */
            if (in[0] == 0xed && left >= 3 && in[1] >= 0xa0) {
                unsigned value = (in[1] & 0x3fu) << 6 | (in[2] & 0x3fu);
                bool is_byte = value >= 0xc80 && value <= 0xcff;
                if (is_byte) {
                    bytes[out++] = (char)(value & 0xff);
                } else {
                    memcpy(bytes + out, "\xef\xbf\xbd", 3);
                    out += 3;
                }
                in += 3;
                left -= 3;
            } else {
                bytes[out++] = (char)*in++;
                left -= 1;
            }
        }
        bytes[out] = '\0';
        *length = out;
    }
    JS_FreeCString(ctx, encoded);
    return bytes;
}
