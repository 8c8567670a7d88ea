import type { ErrorComponentProps } from "@tanstack/react-router";
import { Problem } from "./problem.tsx";

/** In place of a page that could not be shown. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  return <Problem error={error} onRetry={reset} />;
}
