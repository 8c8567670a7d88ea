import { useState } from "react";
import { LANGUAGES, snippet } from "../../../ui/code/snippets.ts";
import type { SiteConfig } from "../api/config.ts";
import { AGENTS, agentSettings } from "./agent-settings.ts";
import { CopyButton } from "./copy-button.tsx";

interface QuickStartProps {
  /** Without `/v1`. */
  readonly apiUrl: string;
  readonly model: string;
  readonly auth: SiteConfig["auth"];
}

const CHOICES = [...LANGUAGES, ...AGENTS];
type Choice = (typeof CHOICES)[number];
const NAMES: Readonly<Record<Choice, string>> = {
  curl: "curl",
  python: "Python",
  node: "Node.js",
  go: "Go",
  "claude-code": "Claude Code",
  codex: "Codex CLI",
};
const KEY_TEXTS: Readonly<Record<SiteConfig["auth"], string>> = {
  required: "Ask whoever runs this service for one.",
  optional: "Without one, leave out curl's line with the key. SDKs need one: ask whoever runs this service.",
  off: "This service takes any text as the key.",
};
const PROMPT = "Say hello in three languages.";

/** A first request in each language, of which one is shown where scripts run, and settings of coding agents, with this API's address and model. */
export function QuickStart({ apiUrl, model, auth }: QuickStartProps) {
  const [choice, setChoice] = useState<Choice>("curl");
  return (
    <section className="start" id="start" aria-labelledby="start-title">
      <h2 id="start-title">Quick start</h2>
      <p>The API is OpenAI's and Anthropic's: their SDKs need the address and a key. {KEY_TEXTS[auth]}</p>
      <div className="start-choices">
        {CHOICES.map((each) => (
          <button
            key={each}
            type="button"
            className="button quiet"
            aria-pressed={each === choice}
            onClick={() => setChoice(each)}
          >
            {NAMES[each]}
          </button>
        ))}
      </div>
      {CHOICES.map((each) => {
        const code = codeOf(each, apiUrl, model);
        return (
          <div key={each} className="start-code" hidden={each !== choice}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll in here, so the keyboard must get in */}
            <section className="curl-command" tabIndex={0} aria-label={`Code for ${NAMES[each]}`}>
              <pre>
                <code>{code}</code>
              </pre>
            </section>
            <CopyButton label={`Copy for ${NAMES[each]}`} text={code} />
          </div>
        );
      })}
    </section>
  );
}

function codeOf(choice: Choice, apiUrl: string, model: string): string {
  const agent = AGENTS.find((each) => each === choice);
  if (agent !== undefined) return agentSettings(agent, apiUrl, model);
  const language = LANGUAGES.find((each) => each === choice) ?? "curl";
  return snippet(language, apiUrl, { model, messages: [{ role: "user", content: PROMPT }] });
}
