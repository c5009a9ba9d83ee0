/** A file of hooks/, as text (src/build/bundle.mjs). */
declare module 'hook:*' {
  export const text: string;
}

/** The notices of all that is in the program (src/build/notices.mjs). */
declare module 'notices:all' {
  export const text: string;
}

/** The describe.ts of every folder of src/managers (src/build/bundle.mjs). */
declare module 'managers:descriptions' {
  export const descriptions: readonly import('./managers/description.ts').ManagerDescription[];
}

/** package.json's version, put in by the bundler. */
declare const FAILOVERCTL_VERSION: string;

/** Two modules of systeminformation, by themselves (src/build/system-information.mjs). CommonJS: all is in `default`. */
declare module 'systeminformation/lib/system.js' {
  const system: {
    system(): Promise<{
      readonly manufacturer: string;
      readonly model: string;
      readonly virtual: boolean;
      readonly virtualHost?: string;
    }>;
  };
  export default system;
}

declare module 'systeminformation/lib/osinfo.js' {
  const osinfo: {
    osInfo(): Promise<{ readonly distro: string; readonly release: string; readonly codename: string }>;
  };
  export default osinfo;
}
