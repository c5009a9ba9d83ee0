/** A file of hooks/, as text (src/build/bundle.mjs). */
declare module 'hook:*' {
  export const text: string;
}

/** package.json's version, put in by the bundler. */
declare const FAILOVERCTL_VERSION: string;
