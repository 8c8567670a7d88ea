/** Every path of the control API begins with it. */
export const CONTROL_PATHS = "/v1/organization/";
