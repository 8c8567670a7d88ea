import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE_CODE = join(import.meta.dirname, "src/start/page-code.ts");
/** Sources that every page begins with. */
export const FRAME_MODULES = ["src/start.ts", "src/main.tsx"] as const;

export interface PageModule {
  readonly path: string;
  /** Source of the page, relative to the console. */
  readonly module: string;
}

/** The source of each page by its path. */
export function pageModules(): readonly PageModule[] {
  const rows = readFileSync(PAGE_CODE, "utf8").matchAll(/"(\/[^"]*)": \(\) => import\("\.\.\/([^"]+\.tsx)"\)/g);
  return [...rows].map(([, path = "", module = ""]) => ({ path, module: `src/${module}` }));
}
