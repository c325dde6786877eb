/** Made by `console/vite/handler-types.ts`: declaration files by their paths in an editor's file system. */
declare module "virtual:handler-types" {
  export const HANDLER_TYPES: Readonly<Record<string, string>>;
}
