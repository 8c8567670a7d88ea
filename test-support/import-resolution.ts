import { isBuiltin, registerHooks } from "node:module";

/**
 * A setup file of Vitest. Its hook sends a message to the main process for each import that is not of `node_modules`, and
 * for each `require` of a module of Node: dynalite has one in each query. A hook that is registered later runs first: this one
 * resolves what needs no search, so that no message is sent.
 */
const REGISTERED = "sluiceImportResolution";
const PROJECT = new URL("../", import.meta.url).href;

// Vitest runs setup files before each test file, also in a process that has run others.
if (!Object.hasOwn(globalThis, REGISTERED)) {
  Object.defineProperty(globalThis, REGISTERED, { value: true });
  registerHooks({
    resolve(specifier, context, next) {
      if (isBuiltin(specifier))
        return { url: `node:${specifier.replace(/^node:/, "")}`, format: "builtin", shortCircuit: true };
      const parent = context.parentURL;
      // The project has no links between folders. A file that does not exist is refused when it is loaded.
      if (/^\.\.?\/.*\.ts$/.test(specifier) && parent?.startsWith(PROJECT) && !parent.includes("/node_modules/"))
        return { url: new URL(specifier, parent).href, shortCircuit: true };
      return next(specifier, context);
    },
  });
}
