/** A tool that the acceptance run needs and this machine lacks, with its remedy in one line. The acceptance run is then skipped. */
export class MissingTool extends Error {}
