import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BuiltFile, builtFile, loadedWith, runModule } from "../ui/build-page.ts";
import { FRAME_MODULES, pageModules } from "./page-modules.ts";

/** Draws HTML without a browser and without React, whose own module for it does not run from memory. */
const PREACT = { "react/jsx-runtime": "preact/jsx-runtime" } as const;

/**
 * Writes the HTML of each page: `index.html`, with all scripts and styles that the page needs, so that they come at once, and with its
 * title and lead, which are shown before those have run.
 * @param base path at which the build is served
 * @returns the files that it wrote
 */
export async function writePages(
  root: string,
  { outDir, base, files }: { readonly outDir: string; readonly base: string; readonly files: readonly BuiltFile[] },
): Promise<readonly BuiltFile[]> {
  const html = await readFile(join(outDir, "index.html"), "utf8");
  const { earlyPages } = (await runModule(root, "prerender/early-pages.tsx", PREACT)) as {
    readonly earlyPages: Readonly<Record<string, string>>;
  };
  return await Promise.all(
    pageModules().map(async ({ path, module }) => {
      const page = path.slice(1);
      const file = join(outDir, `${page}.html`);
      const links = linksTo(loadedWith(files, [...FRAME_MODULES, module]), base).filter(
        (link) => !html.includes(link.path),
      );
      await mkdir(dirname(file), { recursive: true });
      await writeFile(
        file,
        withParts(html, links.map(({ element }) => element).join("\n    "), earlyPages[page] ?? ""),
      );
      return await builtFile(root, outDir, file);
    }),
  );
}

/** After what the early page needs: the session comes before the frame, which is the largest and last. */
function linksTo(scripts: readonly BuiltFile[], base: string) {
  const styles = new Set(scripts.flatMap((script) => script.styles));
  return [
    ...scripts.toSorted((a, b) => a.bytes - b.bytes).map(({ path }) => ({ path, kind: 'rel="modulepreload"' })),
    ...[...styles].map((path) => ({ path, kind: 'rel="preload" as="style"' })),
  ].map(({ path, kind }) => ({
    path,
    element: `<link ${kind} fetchpriority="low" crossorigin href="${base}${path}">`,
  }));
}

function withParts(html: string, links: string, early: string): string {
  const [head, root] = ["</head>", '<div id="root"></div>'];
  if (!html.includes(head) || !html.includes(root)) throw new Error(`index.html has no ${head} or no ${root}.`);
  return html.replace(head, () => `  ${links}\n  ${head}`).replace(root, () => `${root}\n    ${early}`);
}
