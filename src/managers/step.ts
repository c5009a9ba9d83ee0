/** What is done to a running guest, one thing after another: each can be printed before it is done, and each can fail. */
export type Step =
  | { readonly why: string; readonly run: readonly string[] }
  | { readonly why: string; readonly stop: number }
  | { readonly why: string; readonly remove: string }
  | { readonly why: string; readonly write: string; readonly text: string; readonly mode: number };
