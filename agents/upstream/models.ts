import type { Script, ToolCall } from "./turn.ts";

/** A model that the upstream plays: its public name, the dialect in which the gateway reaches it, and its script. */
export interface ScriptedModel {
  readonly name: string;
  readonly dialect: "openai" | "anthropic";
  readonly script: Script;
}

const DIALECTS = ["openai", "anthropic"] as const;

/** The file that coding agents change, in the folder that they start in, with its first and last content. */
export const GREETING = { file: "greeting.txt", before: "Hello world\n", after: "Good morning world\n" } as const;

/** What is read of Claude Code's and Codex's end, and of what SDKs return. */
export const TEXTS = {
  edited: "The greeting is changed.",
  thanked: "You are welcome.",
  weather: "It is 5 degrees in Paris and 4 in Rome.",
  hello: "Hello to you.",
} as const;

/** Claude Code reads the file, changes it and shows it: two calls in one turn, thinking before each. */
const claudeCode: Script = [
  {
    thinking: "I have to see the file before I change it.",
    text: "I read the file.",
    calls: [{ name: "Read", arguments: { file_path: GREETING.file } }],
    cachedTokens: 1000,
  },
  {
    thinking: "Now the change, and a look at it.",
    calls: [
      { name: "Edit", arguments: { file_path: GREETING.file, old_string: "Hello", new_string: "Good morning" } },
      { name: "Bash", arguments: { command: "cat greeting.txt", description: "Show the file" } },
    ],
    cachedTokens: 1100,
    failsFirst: { status: 529, type: "overloaded_error", message: "Overloaded" },
  },
  { text: TEXTS.edited },
  { thinking: "They say thanks.", text: TEXTS.thanked },
];

const SED = `sed -i 's/Hello/Good morning/' ${GREETING.file}`;
const PATCH = `*** Begin Patch
*** Update File: ${GREETING.file}
@@
-Hello world
+Good morning world
*** End Patch
`;
const CAT = `text((await tools.exec_command({ cmd: "cat ${GREETING.file}" })).output);`;
const APPLY = `text(await tools.apply_patch(${JSON.stringify(PATCH)}));`;

/** Codex reads the file and changes it. The gateway itself sends the request again that fails here. */
function codex(...[read, change]: readonly [ToolCall, ToolCall]): Script {
  return [
    {
      thinking: "I have to see the file before I change it.",
      text: "I read the file.",
      calls: [read],
      cachedTokens: 1000,
    },
    {
      thinking: "Now the change.",
      calls: [change],
      failsFirst: { status: 503, type: "server_error", message: "Out of capacity" },
    },
    { text: TEXTS.edited },
    { thinking: "They say thanks.", text: TEXTS.thanked },
  ];
}

/** A command of the shell, as Codex offers it to models that it does not know. */
const shell = (cmd: string): ToolCall => ({ name: "exec_command", arguments: { cmd } });
/** Its custom tool in a namespace, which runs JavaScript: what it offers to models that it knows. */
const exec = (input: string): ToolCall => ({ name: "functions__exec", arguments: { input } });

/** A loop of two steps with two calls at once, and a second turn. */
const weather: Script = [
  {
    text: "I look it up.",
    calls: ["Paris", "Rome"].map((city) => ({ name: "weather", arguments: { city } })),
  },
  { text: TEXTS.weather },
  { text: TEXTS.thanked },
];

/** aider's format of a whole file. It shows the model examples of its turns: every turn is the same. */
const aider: Script = Array.from({ length: 9 }, () => ({
  text: `Here it is.\n\n${GREETING.file}\n\`\`\`\n${GREETING.after}\`\`\`\n`,
}));

const OBJECT = { city: "Paris", celsius: 5 };

export const MODELS: readonly ScriptedModel[] = [
  // The names that the programs choose by themselves.
  { name: "claude-opus-5-5", dialect: "anthropic", script: claudeCode },
  { name: "gpt-6.2-sol", dialect: "openai", script: codex(exec(CAT), exec(APPLY)) },
  ...DIALECTS.flatMap((dialect): readonly ScriptedModel[] => [
    { name: `claude-code-${dialect}`, dialect, script: claudeCode },
    { name: `codex-${dialect}`, dialect, script: codex(shell(`cat ${GREETING.file}`), shell(SED)) },
    { name: `weather-${dialect}`, dialect, script: weather },
    { name: `hello-${dialect}`, dialect, script: [{ text: TEXTS.hello }, { text: TEXTS.thanked }] },
    { name: `object-${dialect}`, dialect, script: [{ object: OBJECT }] },
  ]),
  { name: "aider-openai", dialect: "openai", script: aider },
  { name: "vectors-openai", dialect: "openai", script: [] },
];
