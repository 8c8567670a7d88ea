import { useCallback, useEffect, useRef, useState } from "react";
import { useOnline } from "../../../ui/hooks/use-online.ts";
import type { ChatRequest } from "../api/chat-request.ts";
import type { SiteConfig } from "../api/config.ts";
import { useChat } from "../hooks/use-chat.ts";
import { showResponse, useFollowEnd } from "../hooks/use-follow-end.ts";
import { useServedModels } from "../hooks/use-served-models.ts";
import { useSessionText } from "../hooks/use-session-text.ts";
import { FIELD_IDS, type FieldErrors, type FieldName, fieldErrors } from "../settings/fields.ts";
import { Offer } from "../start/offer.tsx";
import { QuickStart } from "../start/quick-start.tsx";
import { canSend, isBusy } from "../state/chat-state.ts";
import { Composer } from "./composer.tsx";
import { CurlRequest } from "./curl-request.tsx";
import { History } from "./history.tsx";
import { KeyField } from "./key-field.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { PageHeader } from "./page-header.tsx";
import { PromptField } from "./prompt-field.tsx";
import { ResponsePane } from "./response-pane.tsx";
import { SamplePrompts } from "./sample-prompts.tsx";
import { Settings, type SettingsText } from "./settings.tsx";
import { StatusLine } from "./status-line.tsx";

interface PlaygroundProps {
  readonly config: SiteConfig;
  /** Whether the configuration is the service's; until then nothing is sent. */
  readonly isReady: boolean;
}

/** The form on one side, the response on the other, and below them what the service offers. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the page's markup, with the state that its parts share
export function Playground({ config, isReady }: PlaygroundProps) {
  const { apiUrl, auth, models, defaults } = config;
  const isOnline = useOnline();
  const { state, send, stop } = useChat(apiUrl, isOnline);
  const { phase, current, history } = state;
  const [prompt, setPrompt] = useState("");
  const [modelId, setModelId] = useState<string>();
  const [apiKey, setApiKey] = useSessionText("sluice.api-key");
  const [sentKey, setSentKey] = useState(apiKey);
  const [typedSettings, setTypedSettings] = useState<Partial<SettingsText>>({});
  const settings: SettingsText = {
    temperature: String(defaults.temperature),
    topP: String(defaults.topP),
    maxTokens: String(defaults.maxTokens),
    ...typedSettings,
  };
  const [errors, setErrors] = useState<FieldErrors>({});
  const { standInFor, listed } = useServedModels(
    isReady ? config : undefined,
    sentKey,
    history.length + (phase.kind === "done" ? 1 : 0),
  );
  const responsePane = useRef<HTMLElement>(null);
  useFollowEnd(responsePane, current?.response ?? "", phase.kind === "streaming");

  const model = models.find(({ id }) => id === modelId) ?? models[0];
  const clearError = (name: FieldName) => setErrors(({ [name]: _gone, ...rest }) => rest);

  const refuse = (name: FieldName, error: string) => {
    setErrors({ [name]: error });
    focusField(name);
  };
  const sendRequest = (request: ChatRequest) => {
    if (!canSend(phase)) return;
    if (request.prompt.trim() === "") return refuse("prompt", "Type a prompt first.");
    if (auth === "required" && apiKey === "") return refuse("apiKey", "This API needs a key.");
    setErrors({});
    setSentKey(auth === "off" ? "" : apiKey);
    send(request, auth === "off" ? "" : apiKey);
    showResponse(responsePane.current);
  };
  const submit = () => sendRequest({ model: model?.id ?? "", prompt, ...readSettings(settings) });
  const usePrompt = useCallback((text: string) => {
    setPrompt(text);
    setErrors({});
    focusField("prompt");
  }, []);
  const tryAgain = () => {
    if (current === undefined) return;
    sendRequest(current.request);
    // Its button goes away with the problem; the focus moves to the response.
    responsePane.current?.focus({ preventScroll: true });
  };

  // A prompt leaves its field when the response begins; one that was refused stays to be mended.
  const answeredPrompt = phase.kind === "streaming" ? current?.request.prompt : undefined;
  useEffect(() => {
    if (answeredPrompt !== undefined) setPrompt((text) => (text === answeredPrompt ? "" : text));
  }, [answeredPrompt]);

  useEffect(() => {
    if (phase.kind !== "failed") return;
    const { kind, message, details } = phase.problem;
    const found: FieldErrors = kind === "unauthorized" ? { apiKey: message } : fieldErrors(details);
    setErrors(found);
    const wrong = FIELD_NAMES.filter((name) => found[name] !== undefined);
    for (const name of wrong.toReversed()) focusField(name);
  }, [phase]);

  const canStop = isBusy(phase);
  useEffect(() => {
    if (!canStop) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) stop();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [canStop, stop]);

  if (model === undefined) return null;
  const standIn = standInFor(model);
  const answering = models.find(({ id }) => id === current?.request.model) ?? model;
  const answeringStandIn = standInFor(answering);

  const keyField = (
    <KeyField
      value={apiKey}
      isRequired={auth === "required"}
      error={errors.apiKey}
      onChange={(key) => {
        setApiKey(key);
        clearError("apiKey");
      }}
    />
  );

  return (
    <div className="page">
      <PageHeader config={config} isReady={isReady} />
      <main>
        <div className="panes">
          <Composer
            isReady={isReady}
            canSend={canSend(phase) && isOnline}
            canStop={canStop}
            onSend={submit}
            onStop={stop}
            status={<StatusLine state={state} isOnline={isOnline} />}
            samples={<SamplePrompts prompts={config.samplePrompts} onPick={usePrompt} />}
            choices={
              <>
                <ModelChoice
                  models={models}
                  model={model}
                  standIn={standIn}
                  error={errors.model}
                  onChange={(id) => {
                    setModelId(id);
                    clearError("model");
                  }}
                />
                {auth === "optional" && keyField}
                <Settings
                  value={settings}
                  contextTokens={model.contextTokens}
                  errors={errors}
                  onChange={(name, value) => {
                    setTypedSettings((all) => ({ ...all, [name]: value }));
                    clearError(name);
                  }}
                />
              </>
            }
          >
            {auth === "required" && keyField}
            <PromptField
              value={prompt}
              error={errors.prompt}
              onChange={(text) => {
                setPrompt(text);
                clearError("prompt");
              }}
              onSubmit={submit}
            />
          </Composer>
          <div className="pane-right">
            <ResponsePane
              ref={responsePane}
              state={state}
              answeredBy={
                answeringStandIn === undefined
                  ? answering.displayName
                  : `${answeringStandIn}, a tiny local stand-in for ${answering.displayName}`
              }
              onTryAgain={tryAgain}
            >
              {current !== undefined && (
                <CurlRequest apiUrl={apiUrl} request={current.request} withKey={sentKey !== ""} />
              )}
            </ResponsePane>
            <History exchanges={history} onUse={usePrompt} />
          </div>
        </div>
        <Offer config={config} listed={listed} isReady={isReady} />
        <QuickStart apiUrl={apiUrl} model={model.id} auth={auth} />
      </main>
      <footer className="page-footer">
        <p>A language model writes these answers, and it can be wrong.</p>
        <p>
          API <code>{apiUrl}/v1</code>
        </p>
      </footer>
    </div>
  );
}

const FIELD_NAMES = ["apiKey", "prompt", "model", "temperature", "topP", "maxTokens"] as const satisfies FieldName[];

/** Focuses a field, and first unfolds what it is in. */
function focusField(name: FieldName): void {
  const element = document.getElementById(FIELD_IDS[name]);
  element?.closest("details")?.setAttribute("open", "");
  element?.focus();
}

function readSettings({ temperature, topP, maxTokens }: SettingsText): Partial<ChatRequest> {
  return {
    ...(temperature === "" ? {} : { temperature: Number(temperature) }),
    ...(topP === "" ? {} : { topP: Number(topP) }),
    ...(maxTokens === "" ? {} : { maxTokens: Number(maxTokens) }),
  };
}
