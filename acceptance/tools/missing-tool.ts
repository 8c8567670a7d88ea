/** Something that the acceptance run needs and this machine lacks: one line that says how to get it. The acceptance run is then skipped. */
export class MissingTool extends Error {}
