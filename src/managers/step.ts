/** What is done to a running guest, one thing after another: each can be printed before it is done, and each can fail. */
export type Step =
  /** `link`: what it is for; with the link gone nothing is left to be done, and nothing has failed. */
  | { readonly why: string; readonly run: readonly string[]; readonly link?: string }
  | { readonly why: string; readonly stop: number }
  | { readonly why: string; readonly remove: string }
  | { readonly why: string; readonly write: string; readonly text: string; readonly mode: number };
