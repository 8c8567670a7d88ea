import type { SiteConfig, SiteModel } from "../api/config.ts";
import type { RequestForm } from "../hooks/use-request-form.ts";
import { Composer, type ComposerProps } from "./composer.tsx";
import { KeyField } from "./key-field.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { PromptField } from "./prompt-field.tsx";
import { SamplePrompts } from "./sample-prompts.tsx";
import { Settings } from "./settings.tsx";

interface RequestPaneProps extends Omit<ComposerProps, "children" | "samples" | "choices"> {
  readonly config: SiteConfig;
  readonly form: RequestForm;
  readonly model: SiteModel;
  /** Name of the model that stands in for the chosen one. */
  readonly standIn: string | undefined;
}

/** The form's side: key, prompt, model and settings. */
export function RequestPane({ config, form, model, standIn, onSend, ...composer }: RequestPaneProps) {
  const { auth, models, samplePrompts } = config;
  const keyField = (
    <KeyField
      value={form.apiKey}
      isRequired={auth === "required"}
      error={form.errors.apiKey}
      onChange={form.setApiKey}
    />
  );
  return (
    <Composer
      {...composer}
      onSend={onSend}
      samples={<SamplePrompts prompts={samplePrompts} onPick={form.usePrompt} />}
      choices={
        <>
          <ModelChoice
            models={models}
            model={model}
            standIn={standIn}
            error={form.errors.model}
            onChange={form.setModelId}
          />
          {auth === "optional" && keyField}
          <Settings
            value={form.settings}
            contextTokens={model.contextTokens}
            errors={form.errors}
            onChange={form.setSetting}
          />
        </>
      }
    >
      {auth === "required" && keyField}
      <PromptField value={form.prompt} error={form.errors.prompt} onChange={form.setPrompt} onSubmit={onSend} />
    </Composer>
  );
}
