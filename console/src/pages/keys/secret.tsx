import { useRouteContext } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

interface SecretProps {
  readonly secret: string;
  /** A first request, for a shell; `$KEY` stands for the key. @default - one that uses a model */
  readonly command?: string;
  readonly onDone: () => void;
  /** What there is to do next. */
  readonly children?: ReactNode;
}

/** Shows the secret of a new key, once, with a command that tries it. */
export function Secret({ secret, command: ownCommand, onDone, children }: SecretProps) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const command = ownCommand ?? curlWith(config.apiUrl, config.models[0]?.id ?? "");
  return (
    <div className="form">
      <p>{t("secretLead")}</p>
      <label htmlFor="secret">{t("secret")}</label>
      <input
        id="secret"
        className="mono"
        translate="no"
        readOnly
        value={secret}
        onFocus={({ target }) => target.select()}
      />
      <CopyButton label={t("copySecret")} text={secret} />
      <h3>{t("try")}</h3>
      <pre className="code" translate="no">
        <code>{command.replace("$KEY", shortened(secret))}</code>
      </pre>
      <CopyButton label={t("copyCommand")} text={command.replace("$KEY", secret)} />
      {children}
      <div className="actions">
        <button type="button" className="button primary" onClick={onDone}>
          {t("done")}
        </button>
      </div>
    </div>
  );
}

/** A first request, for a shell; `$KEY` stands for the key. */
function curlWith(apiUrl: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello" }] });
  return [
    `curl ${apiUrl}/v1/chat/completions`,
    '-H "authorization: Bearer $KEY"',
    '-H "content-type: application/json"',
    `-d '${body.replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
}

function shortened(secret: string): string {
  return `${secret.slice(0, 12)}…`;
}
