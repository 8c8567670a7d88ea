import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, type Plugin, type Rolldown } from "vite";

/** A part of the build, and the syntax tree of a module, for rooms that change modules. */
export type BuildPlugin = Plugin;
export type { ESTree } from "vite";

export interface BuiltFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Sources that a script has, relative to the folder of the page; empty for other files. */
  readonly modules: readonly string[];
  /** Scripts that are loaded with a script, as their `path`. What it loads later is not among them. */
  readonly imports: readonly string[];
  /** Styles of a script, as their `path`. */
  readonly styles: readonly string[];
}

/** A script that gets all modules whose path fits, so that they are one file and not fifty. */
export interface ChunkGroup {
  readonly name: string;
  readonly test: RegExp;
}

interface PageBuild {
  /** Folder with `index.html`. */
  readonly root: string;
  /** Path at which the build is served, with a slash at both ends. */
  readonly base: string;
  /** Emptied first, but where the build is added to another. */
  readonly outDir: string;
  /** Packages that are bundled in place of those that the source names. @default - none */
  readonly alias?: Readonly<Record<string, string>>;
  /** Module whose `html` the page's element `root` has before any script has run. @default - it is empty */
  readonly prerender?: string;
  /** @default - none beside React's */
  readonly plugins?: readonly Plugin[];
  /** HTML file of the root, whose name its script has. @default "index.html" */
  readonly input?: string;
  /** Whether what is in `outDir` stays, and `public/` is in it already. @default false */
  readonly isAdded?: boolean;
  /** @default - Rolldown cuts by what pages share */
  readonly groups?: readonly ChunkGroup[];
}

/**
 * Builds a page of React. No script or style is inline, so that it runs under `script-src 'self'; style-src 'self'`. The bundle is
 * the same for every environment: `/config.json` has the differences.
 */
export async function buildPage(page: PageBuild): Promise<readonly BuiltFile[]> {
  const {
    root,
    base,
    outDir,
    alias = {},
    plugins = [],
    groups = [],
    prerender,
    input = "index.html",
    isAdded = false,
  } = page;
  const html = prerender === undefined ? undefined : await htmlOf(page, prerender);
  return await inProduction(async () => {
    const output = await build({
      root,
      base,
      configFile: false,
      envDir: false,
      publicDir: isAdded ? false : join(import.meta.dirname, "public"),
      mode: "production",
      logLevel: "warn",
      plugins: [react(), ...plugins, ...(html === undefined ? [] : [prerendered(html)])],
      resolve: { alias: { ...alias } },
      build: {
        outDir,
        emptyOutDir: !isAdded,
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: "es2022",
        reportCompressedSize: false,
        rolldownOptions: {
          input: join(root, input),
          ...(groups.length === 0 ? {} : { output: { codeSplitting: { groups: [...groups] } } }),
        },
      },
    });
    return await listFiles(root, outDir, chunksOf(output));
  });
}

/** Vite takes React's development build when NODE_ENV says so, as it does inside a test runner. */
async function inProduction<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Puts HTML into the element `root`. */
function prerendered(html: string): Plugin {
  const root = '<div id="root"></div>';
  return {
    name: "prerendered",
    transformIndexHtml(document) {
      if (!document.includes(root)) throw new Error(`index.html has no ${root} to draw the page into.`);
      return document.replace(root, () => `<div id="root">${html}</div>`);
    },
  };
}

/** Runs a module of a page in this process. @returns its exports */
export async function runModule(root: string, entry: string, alias: PageBuild["alias"] = {}): Promise<unknown> {
  const output = await inProduction(() =>
    build({
      root,
      configFile: false,
      envDir: false,
      mode: "production",
      logLevel: "warn",
      plugins: [react()],
      resolve: { alias: { ...alias } },
      ssr: { noExternal: true },
      build: { ssr: entry, write: false, target: "es2022", rolldownOptions: { output: { codeSplitting: false } } },
    }),
  );
  const [code] = [...chunksOf(output).values()].map((chunk) => chunk.code);
  if (code === undefined) throw new Error(`${entry} has no code.`);
  return await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

async function htmlOf({ root, alias }: PageBuild, entry: string): Promise<string> {
  const { html } = (await runModule(root, entry, alias)) as { readonly html: string };
  return html;
}

function chunksOf(output: Awaited<ReturnType<typeof build>>): ReadonlyMap<string, Rolldown.OutputChunk> {
  if (Array.isArray(output) || !("output" in output)) throw new Error("A page is built once, for browsers.");
  return new Map(output.output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file]] : [])));
}

async function listFiles(
  root: string,
  outDir: string,
  chunks: ReadonlyMap<string, Rolldown.OutputChunk>,
): Promise<readonly BuiltFile[]> {
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    paths.sort().map(async (file) => builtFile(root, outDir, file, chunks.get(slashed(relative(outDir, file))))),
  );
}

/** A file of a build as it is on the disk. @param chunk what it was made of, where it is a script */
export async function builtFile(
  root: string,
  outDir: string,
  file: string,
  chunk?: Rolldown.OutputChunk,
): Promise<BuiltFile> {
  return {
    path: slashed(relative(outDir, file)),
    bytes: (await stat(file)).size,
    gzipBytes: gzipSync(await readFile(file)).length,
    modules: (chunk?.moduleIds ?? []).map((id) => slashed(relative(root, id))),
    imports: chunk?.imports ?? [],
    styles: [...(chunk?.viteMetadata?.importedCss ?? [])],
  };
}

/**
 * The scripts that have some modules, with all that those import.
 * @throws where no script has one of them
 */
export function loadedWith(files: readonly BuiltFile[], modules: readonly string[]): readonly BuiltFile[] {
  const seen = new Set<BuiltFile>();
  const visit = (file: BuiltFile | undefined, name: string): void => {
    if (file === undefined) throw new Error(`The build has no ${name}.`);
    if (seen.has(file)) return;
    seen.add(file);
    for (const path of file.imports)
      visit(
        files.find((other) => other.path === path),
        path,
      );
  };
  for (const name of modules)
    visit(
      files.find(({ modules: sources }) => sources.includes(name)),
      name,
    );
  return [...seen];
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

/** Prints the files of a build with their sizes. */
export function reportBuild(files: readonly BuiltFile[]): void {
  for (const { path, bytes, gzipBytes } of files) console.log(`${path}  ${bytes} bytes, ${gzipBytes} gzipped`);
}
