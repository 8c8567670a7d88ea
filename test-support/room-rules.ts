interface RoomRules {
  readonly rooms: readonly string[];
  /** Rooms of which only types may be imported, so that their packages stay out of this room's bundles. @default - none */
  readonly types?: readonly string[];
  readonly packages: readonly RegExp[];
}

/** The rooms that each room may import: the table of `docs/architecture.md`, as data. */
export const ROOMS: Readonly<Record<string, RoomRules>> = {
  agents: {
    rooms: ["conformance", "contracts", "environments", "local", "stacks"],
    packages: [/^zod$/, /^cdktf$/, /^(ai|langchain)$/, /^@(ai-sdk|langchain)\//],
  },
  ami: { rooms: [], packages: [] },
  attack: { rooms: ["contracts"], packages: [/^zod$/] },
  bench: {
    rooms: ["gateway", "contracts", "domain", "test-support"],
    packages: [/^undici$/, /^prom-client$/, /^dynalite(\/|$)/, /^@aws-sdk\//],
  },
  catalog: { rooms: [], types: ["contracts"], packages: [] },
  cli: {
    rooms: ["domain", "contracts", "catalog", "environments", "local"],
    types: ["settings"],
    packages: [
      /^@aws-sdk\//,
      /^@smithy\/signature-v4$/,
      /^@aws-crypto\/sha256-js$/,
      /^(commander|esbuild|oauth4webapi|zod)$/,
    ],
  },
  conformance: {
    rooms: ["constructs", "contracts", "catalog", "environments", "test-support"],
    types: ["settings"],
    packages: [/^openai$/, /^@anthropic-ai\/sdk$/, /^zod$/, /^ajv(\/|$)/, /^ajv-formats$/],
  },
  console: {
    rooms: ["contracts", "ui"],
    packages: [
      /^react(-dom)?(\/.+)?$/,
      /^@tanstack\/react-(query|router|virtual)$/,
      /^(axios|cmdk|icu-minify\/compile|oauth4webapi|preact-render-to-string|react-hook-form|recharts|use-intl\/core|zustand)$/,
    ],
  },
  constructs: {
    rooms: ["contracts", "catalog", "domain"],
    types: ["settings"],
    packages: [/^cdktf$/, /^constructs$/, /^@cdktf\/provider-aws\/lib\/[a-z0-9-]+\/index\.js$/],
  },
  contracts: { rooms: [], packages: [/^zod$/] },
  "demo-site": {
    rooms: ["contracts", "ui"],
    packages: [/^react(-dom)?(\/.+)?$/, /^preact-render-to-string$/, /^marked$/, /^minisearch$/],
  },
  domain: {
    rooms: ["contracts", "catalog"],
    types: ["settings"],
    packages: [/^(jose|zod)$/, /^temporal-polyfill\/fns\//],
  },
  engine: { rooms: ["contracts"], packages: [/^node-llama-cpp$/, /^pino$/, /^prom-client$/, /^undici$/, /^zod$/] },
  environments: { rooms: ["catalog", "contracts", "domain", "settings"], packages: [/^zod$/] },
  gateway: {
    rooms: ["contracts", "domain"],
    packages: [
      /^(undici|pino|prom-client|zod|lru-cache|iovalkey|ws|ipaddr\.js)$/,
      /^@aws-sdk\//,
      /^@smithy\//,
      /^@aws-crypto\/sha256-js$/,
      /^esbuild$/,
    ],
  },
  lib: { rooms: [], packages: [/^(eventsource-parser|ipaddr\.js)$/] },
  lambdas: {
    rooms: ["contracts", "domain"],
    packages: [
      /^@middy\/core$/,
      /^@aws-sdk\//,
      /^zod$/,
      /^esbuild$/,
      /^fflate$/,
      /^(hyparquet-writer|jose|oauth4webapi|stripe)$/,
    ],
  },
  local: {
    rooms: ["gateway", "lambdas", "contracts", "domain"],
    types: ["settings"],
    packages: [/^@aws-sdk\//, /^(dynalite|fast-xml-parser|fflate|oauth4webapi|zod)$/, /^oidc-provider(\/|$)/],
  },
  acceptance: {
    rooms: ["environments", "local", "constructs", "domain"],
    types: ["settings"],
    packages: [/^@aws-sdk\//],
  },
  release: { rooms: ["acceptance", "cli", "local"], packages: [] },
  settings: { rooms: ["catalog", "contracts"], packages: [/^zod$/] },
  stacks: {
    rooms: ["constructs", "environments", "contracts", "catalog", "domain"],
    types: ["settings"],
    packages: [/^cdktf$/, /^constructs$/, /^@cdktf\/provider-aws\/lib\/[a-z0-9-]+\/index\.js$/],
  },
  ui: { rooms: ["contracts"], packages: [/^react$/, /^vite$/, /^@vitejs\/plugin-react$/] },
  "test-support": { rooms: ["contracts"], packages: [/./] },
};

/** The room at the bottom, which every room may import. */
const BOTTOM_ROOM = "lib";

/** Rooms and packages that any test may use beside its room's own. */
const TEST_ROOMS = ["test-support", "contracts", "settings", "environments", "stacks", "gateway"];

/** Files that may read `process.env`. */
const ENVIRONMENT_READERS = [
  /^[\w-]+\/server\.ts$/,
  /^lambdas\/[\w-]+\/handler\.ts$/,
  /^stacks\/main\.ts$/,
  /^ui\/build-page\.ts$/, // Vite takes the mode from NODE_ENV
  /^engine\/fetch-model\.ts$/,
  /^engine\/vllm\/(server|set-up)\.ts$/, // processes of their own
  /^acceptance\/(prove|cdktn\/run)\.ts$/,
  /^local\//,
  /^cli\//,
  /^conformance\/build-once\.ts$/,
  /^agents\/javascript\//, // runners, to which their settings come so
  /^attack\/run\.ts$/,
  /^release\/create-sluice\//, // a program of its own, which npm starts
  /^bench\//, // starts the systems that it measures
  /^test-support\//,
  /\.test\.tsx?$/,
  /\/test\//, // what tests share
];

const TYPE_IMPORT = /(?<=^|\n)\s*(?:import|export)\s+type\s[^'"`;]*?from\s*["'][^"']+["']/g;

export interface SourceFile {
  /** Path from the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

/** What is wrong with a file's imports, a sentence each: file, import, rule, remedy. */
export function importProblems({ path, text }: SourceFile): readonly string[] {
  const room = path.split("/")[0] ?? "";
  const rules = ROOMS[room];
  if (!rules) return [`${path}: ${room}/ is not a room; add it to test-support/room-rules.ts with what it may import.`];
  const isTest = /\.test\.tsx?$/.test(path) || path.includes("/test/");
  const { types = [] } = rules;
  const withValues = new Set(specifiers(text.replaceAll(TYPE_IMPORT, "")));
  const problems = specifiers(text).flatMap((specifier): readonly string[] => {
    if (specifier.startsWith("node:")) return [];
    if (!specifier.startsWith(".")) {
      if (isTest || rules.packages.some((allowed) => allowed.test(specifier))) return [];
      return [
        `${path} imports the package ${specifier}, which ${room}/ may not; use what ${room}/ has, or allow it in ` +
          "test-support/room-rules.ts and say why in docs/decisions/.",
      ];
    }
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    const targetRoom = target.split("/")[0] ?? "";
    const allowed = [room, BOTTOM_ROOM, ...rules.rooms, ...(isTest ? TEST_ROOMS : [])];
    if (!target.includes("/") || allowed.includes(targetRoom)) return [];
    if (types.includes(targetRoom)) {
      if (!withValues.has(specifier)) return [];
      return [
        `${path} imports values of ${target}, but ${room}/ may import types of ${targetRoom}/ only; write import type, or ` +
          "pass the value in as an argument.",
      ];
    }
    return [
      `${path} imports ${target}, but ${room}/ may import ${[...rules.rooms, ...types, BOTTOM_ROOM].join(", ")} only; move what both ` +
        "need to contracts/ (shapes), domain/ (logic) or lib/ (independent of Sluice), or pass it in as an argument.",
    ];
  });
  if (text.includes("process.env") && !ENVIRONMENT_READERS.some((reader) => reader.test(path)))
    return [
      ...problems,
      `${path} reads process.env; read it in the room's server.ts or handler and pass the value in.`,
    ];
  return problems;
}

/** Everything that a file imports, in order. */
export function specifiers(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
