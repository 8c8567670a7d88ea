import { type ChatRequest, curlCommand } from "../api/chat-request.ts";
import { CopyButton } from "../start/copy-button.tsx";

interface CurlRequestProps {
  readonly apiUrl: string;
  readonly request: ChatRequest;
  readonly withKey: boolean;
}

/** The same request for a terminal; where a key was sent, a shell variable replaces it. */
export function CurlRequest({ apiUrl, request, withKey }: CurlRequestProps) {
  const command = curlCommand(apiUrl, request, withKey);
  return (
    <details className="curl">
      <summary>This request as curl</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll in here, so the keyboard must get in */}
      <section className="curl-command" tabIndex={0} aria-label="curl command">
        <pre>
          <code>{command}</code>
        </pre>
      </section>
      <CopyButton label="Copy curl" text={command} />
    </details>
  );
}
