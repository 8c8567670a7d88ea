import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { ApiError } from "../api/api-error.ts";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { PageTitle } from "./page-title.tsx";
import { Problem } from "./problem.tsx";

const MESSAGES = defineMessages(
  { title: "This page could not be shown" },
  { title: "Diese Seite konnte nicht gezeigt werden" },
);

/** In place of a page that could not be shown. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const t = useTexts(MESSAGES);
  const router = useRouter();
  // The page's code may not have come: the router requests it anew.
  const retry = async () => {
    await router.invalidate();
    reset();
  };
  return (
    <>
      <PageTitle title={t("title")} />
      <Problem error={navigator.onLine ? error : new ApiError("offline")} onRetry={() => void retry()} />
    </>
  );
}
