/** The project of vitest.config.ts whose files run one at a time, in a Vitest of its own beside the other projects. */
export const ONE_AT_A_TIME = "whole";
