import { ApiError, type ApiErrorKind, isRefusedByKey } from "../api/api-error.ts";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  {
    offline: "This browser has no network connection.",
    unreachable: "The service does not respond. It may be down, or may not allow this page.",
    unauthorized: "You are no longer signed in.",
    forbidden: "Your role does not allow this.",
    forbiddenByKey: "The key that you are signed in with does not permit this.",
    missing: "This does not exist, or not for you.",
    conflict: "Somebody else changed this meanwhile. Close the dialog to see what is there now.",
    refused: "The service refused the request.",
    limited: "Too many requests. Wait a little, and try again.",
    failed: "The service failed. Try again; if it stays so, give the request id to your operator.",
    request: "Request",
    retry: "Try again",
  },
  {
    offline: "Dieser Browser hat keine Netzverbindung.",
    unreachable: "Der Dienst antwortet nicht. Er läuft vielleicht nicht, oder er lässt diese Seite nicht zu.",
    unauthorized: "Sie sind nicht mehr angemeldet.",
    forbidden: "Ihre Rolle erlaubt das nicht.",
    forbiddenByKey: "Der Schlüssel, mit dem Sie angemeldet sind, erlaubt das nicht.",
    missing: "Das gibt es nicht, oder nicht für Sie.",
    conflict: "Das wurde inzwischen geändert. Schließen Sie den Dialog, um zu sehen, was jetzt da ist.",
    refused: "Der Dienst hat die Anfrage abgelehnt.",
    limited: "Zu viele Anfragen. Warten Sie etwas und versuchen Sie es noch einmal.",
    failed:
      "Im Dienst ist ein Fehler aufgetreten. Versuchen Sie es noch einmal; bleibt es so, nennen Sie Ihrem Betreiber die Anfrage.",
    request: "Anfrage",
    retry: "Noch einmal versuchen",
  },
);

/** Kinds of which the service's own sentence is of no use here: it speaks of keys and headers, which programs send. */
const OWN_WORDS: readonly ApiErrorKind[] = ["unauthorized", "conflict"];

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, what the service says of it, and a button to try again. */
export function Problem({ error, onRetry }: ProblemProps) {
  const t = useTexts(MESSAGES);
  const { kind, message, details, requestId } = apiErrorOf(error);
  return (
    <div className="problem" role="alert">
      <p>{t(isRefusedByKey(error) ? "forbiddenByKey" : kind)}</p>
      {message !== "" && !OWN_WORDS.includes(kind) ? (
        <p lang="en" translate="no">
          {message}
        </p>
      ) : undefined}
      {details.length > 1 ? (
        <ul lang="en" translate="no">
          {details.map(({ param, message: text }) => (
            <li key={`${param} ${text}`}>
              <code>{param}</code>: {text}
            </li>
          ))}
        </ul>
      ) : undefined}
      {requestId === undefined ? undefined : (
        <p className="quiet">
          {t("request")} <code translate="no">{requestId}</code>
        </p>
      )}
      {onRetry === undefined ? undefined : (
        <button type="button" className="button" onClick={onRetry}>
          {t("retry")}
        </button>
      )}
    </div>
  );
}

function apiErrorOf(error: unknown): Pick<ApiError, "message" | "details" | "requestId"> & { kind: ApiErrorKind } {
  if (error instanceof ApiError) return error;
  return { kind: "failed", message: "", details: [], requestId: undefined };
}
