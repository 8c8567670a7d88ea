import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useLayoutEffect } from "react";
import { ApiError } from "../api/api-error.ts";
import { endEarlyPage } from "./end-early-page.ts";
import { Problem } from "./problem.tsx";

/** In place of a page that could not be shown. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useLayoutEffect(endEarlyPage, []);
  // The page's code may not have come: the router requests it anew.
  const retry = async () => {
    await router.invalidate();
    reset();
  };
  return <Problem error={navigator.onLine ? error : new ApiError("offline")} onRetry={() => void retry()} />;
}
