import { expect, test } from "vitest";
import { createConversation } from "./conversation.ts";
import { conversationsFile } from "./conversations-file.ts";
import { readConversations } from "./conversations-reader.ts";
import { DEFAULT_SETTINGS, settingsFor } from "./settings.ts";
import { sharedState, shareLink } from "./share-link.ts";

const SETTINGS = { ...DEFAULT_SETTINGS, effort: "high" } as const;

test("how much models reason is in a shared link and in a file of conversations", async () => {
  const link = shareLink({ models: ["m"], settings: SETTINGS, prompt: "" }, "https://console.example", undefined);
  expect(sharedState(new URL(link).hash)?.settings.effort).toBe("high");
  const file = JSON.parse(JSON.stringify(conversationsFile(SETTINGS, [createConversation("m")])));
  expect(file.reasoning_effort).toBe("high");
  const opened = await readConversations(new Blob([JSON.stringify(file)]));
  expect(opened).toMatchObject({ value: { settings: { effort: "high" } } });
});

test("a model that takes no reasoning effort gets none", () => {
  const model = { id: "m", callsTools: true, followsSchemas: true, contextTokens: undefined };
  expect(settingsFor(SETTINGS, { ...model, reasons: false }).effort).toBeUndefined();
  expect(settingsFor(SETTINGS, { ...model, reasons: true }).effort).toBe("high");
});
