import { AIDER } from "./aider.ts";
import { CLAUDE_CODE } from "./claude-code.ts";
import { CODEX } from "./codex.ts";
import { LIBRARIES } from "./libraries.ts";
import { LLM } from "./llm.ts";
import type { AgentProgram } from "./program.ts";

export const PROGRAMS: readonly AgentProgram[] = [CLAUDE_CODE, CODEX, ...LIBRARIES, LLM, AIDER];
