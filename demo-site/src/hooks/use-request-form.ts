import { useCallback, useEffect, useState } from "react";
import type { ChatRequest } from "../api/chat-request.ts";
import type { SiteConfig } from "../api/config.ts";
import { FIELD_IDS, type FieldErrors, type FieldName, fieldErrors, type SettingsText } from "../settings/fields.ts";
import type { ChatState } from "../state/chat-state.ts";
import { useSessionText } from "./use-session-text.ts";

/** What is typed and chosen, and what is wrong with it. A change of a field takes its error away. */
export interface RequestForm {
  readonly prompt: string;
  readonly apiKey: string;
  readonly modelId: string | undefined;
  readonly settings: SettingsText;
  readonly errors: FieldErrors;
  readonly setPrompt: (text: string) => void;
  readonly setApiKey: (key: string) => void;
  readonly setModelId: (id: string) => void;
  readonly setSetting: (name: keyof SettingsText, value: string) => void;
  /** Fills the prompt in and focuses it. */
  readonly usePrompt: (text: string) => void;
  /** Shows what is missing for a request to be sent. @returns whether nothing is */
  readonly accepts: (request: ChatRequest) => boolean;
  /** The request of what is typed. */
  readonly requestFor: (model: string) => ChatRequest;
}

/** @param state of the conversation: its response empties the prompt, its problem is shown at the fields that it is about */
export function useRequestForm({ auth, defaults }: SiteConfig, { phase, current }: ChatState): RequestForm {
  const [prompt, setPrompt] = useState("");
  const [modelId, setModelId] = useState<string>();
  const [apiKey, setApiKey] = useSessionText("sluice.api-key");
  const [typedSettings, setTypedSettings] = useState<Partial<SettingsText>>({});
  const [errors, setErrors] = useState<FieldErrors>({});
  const settings: SettingsText = {
    temperature: String(defaults.temperature),
    topP: String(defaults.topP),
    maxTokens: String(defaults.maxTokens),
    ...typedSettings,
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

  const usePrompt = useCallback((text: string) => {
    setPrompt(text);
    setErrors({});
    focusField("prompt");
  }, []);

  const clearError = (name: FieldName) => setErrors(({ [name]: _gone, ...rest }) => rest);
  const accepts = (request: ChatRequest) => {
    const missing = missingIn(request, auth === "required" && apiKey === "");
    setErrors(missing ?? {});
    for (const name of FIELD_NAMES) if (missing?.[name] !== undefined) focusField(name);
    return missing === undefined;
  };
  return {
    prompt,
    apiKey,
    modelId,
    settings,
    errors,
    setPrompt: (text) => {
      setPrompt(text);
      clearError("prompt");
    },
    setApiKey: (key) => {
      setApiKey(key);
      clearError("apiKey");
    },
    setModelId: (id) => {
      setModelId(id);
      clearError("model");
    },
    setSetting: (name, value) => {
      setTypedSettings((all) => ({ ...all, [name]: value }));
      clearError(name);
    },
    usePrompt,
    accepts,
    requestFor: (model) => ({ model, prompt, ...readSettings(settings) }),
  };
}

const FIELD_NAMES = ["apiKey", "prompt", "model", "temperature", "topP", "maxTokens"] as const satisfies FieldName[];

function missingIn({ prompt }: ChatRequest, isKeyMissing: boolean): FieldErrors | undefined {
  if (prompt.trim() === "") return { prompt: "Type a prompt first." };
  return isKeyMissing ? { apiKey: "This API needs a key." } : undefined;
}

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
