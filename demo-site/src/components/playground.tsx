import { useRef, useState } from "react";
import { useOnline } from "../../../ui/hooks/use-online.ts";
import type { ChatRequest } from "../api/chat-request.ts";
import type { SiteConfig } from "../api/config.ts";
import { useChat } from "../hooks/use-chat.ts";
import { useEscape } from "../hooks/use-escape.ts";
import { showResponse, useFollowEnd } from "../hooks/use-follow-end.ts";
import { useRequestForm } from "../hooks/use-request-form.ts";
import { useServedModels } from "../hooks/use-served-models.ts";
import { Offer } from "../start/offer.tsx";
import { QuickStart } from "../start/quick-start.tsx";
import { canSend, isBusy } from "../state/chat-state.ts";
import { CurlRequest } from "./curl-request.tsx";
import { History } from "./history.tsx";
import { PageHeader } from "./page-header.tsx";
import { RequestPane } from "./request-pane.tsx";
import { ResponsePane } from "./response-pane.tsx";
import { StatusLine } from "./status-line.tsx";

interface PlaygroundProps {
  readonly config: SiteConfig;
  /** Whether the configuration is the service's; until then nothing is sent. */
  readonly isReady: boolean;
}

/** The form on one side, the response on the other, and below them what the service offers. */
export function Playground({ config, isReady }: PlaygroundProps) {
  const { apiUrl, auth, models } = config;
  const isOnline = useOnline();
  const { state, send, stop } = useChat(apiUrl, isOnline);
  const { phase, current, history } = state;
  const form = useRequestForm(config, state);
  const [sentKey, setSentKey] = useState(form.apiKey);
  const answered = history.length + (phase.kind === "done" ? 1 : 0);
  const { standInFor, listed } = useServedModels(isReady ? config : undefined, sentKey, answered);
  const responsePane = useRef<HTMLElement>(null);
  useFollowEnd(responsePane, current?.response ?? "", phase.kind === "streaming");
  const canStop = isBusy(phase);
  useEscape(canStop, stop);

  const model = models.find(({ id }) => id === form.modelId) ?? models[0];
  if (model === undefined) return null;
  const answering = models.find(({ id }) => id === current?.request.model) ?? model;

  const sendRequest = (request: ChatRequest) => {
    if (!canSend(phase) || !form.accepts(request)) return;
    const key = auth === "off" ? "" : form.apiKey;
    setSentKey(key);
    send(request, key);
    showResponse(responsePane.current);
  };
  const tryAgain = () => {
    if (current === undefined) return;
    sendRequest(current.request);
    // Its button goes away with the problem; the focus moves to the response.
    responsePane.current?.focus({ preventScroll: true });
  };

  return (
    <div className="page">
      <PageHeader config={config} isReady={isReady} />
      <main>
        <div className="panes">
          <RequestPane
            config={config}
            form={form}
            model={model}
            standIn={standInFor(model)}
            isReady={isReady}
            canSend={canSend(phase) && isOnline}
            canStop={canStop}
            onSend={() => sendRequest(form.requestFor(model.id))}
            onStop={stop}
            status={<StatusLine state={state} isOnline={isOnline} />}
          />
          <div className="pane-right">
            <ResponsePane
              ref={responsePane}
              state={state}
              answeredBy={nameOf(answering.displayName, standInFor(answering))}
              onTryAgain={tryAgain}
            >
              {current !== undefined && (
                <CurlRequest apiUrl={apiUrl} request={current.request} withKey={sentKey !== ""} />
              )}
            </ResponsePane>
            <History exchanges={history} onUse={form.usePrompt} />
          </div>
        </div>
        <Offer config={config} listed={listed} isReady={isReady} />
        <QuickStart apiUrl={apiUrl} model={model.id} auth={auth} />
      </main>
      <PageFooter apiUrl={apiUrl} />
    </div>
  );
}

function nameOf(model: string, standIn: string | undefined): string {
  return standIn === undefined ? model : `${standIn}, a tiny local stand-in for ${model}`;
}

function PageFooter({ apiUrl }: { readonly apiUrl: string }) {
  return (
    <footer className="page-footer">
      <p>A language model writes these answers, and it can be wrong.</p>
      <p>
        API <code>{apiUrl}/v1</code>
      </p>
    </footer>
  );
}
