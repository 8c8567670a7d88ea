import { type BuiltFile, loadedWith } from "../../ui/build-page.ts";
import { FRAME_MODULES, type PageModule } from "../page-modules.ts";

/** Compressed script in bytes that a page loads when it is opened by its address. */
export function firstLoad(files: readonly BuiltFile[], { module }: PageModule): number {
  return scriptOf(files, [...FRAME_MODULES, module]);
}

/** Compressed bytes of the scripts that have some modules, with all that those import. */
export function scriptOf(files: readonly BuiltFile[], modules: readonly string[]): number {
  return loadedWith(files, modules).reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
}
