/** Something that the proof needs and this machine lacks: one line that says how to get it. The proof is then skipped. */
export class MissingTool extends Error {}
