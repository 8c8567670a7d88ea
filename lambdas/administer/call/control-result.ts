/** A response: its body, and the version of the object where it is one object. */
export interface ControlResult<Body> {
  readonly body: Body;
  readonly version?: number;
}
