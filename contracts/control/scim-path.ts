/** Every path of provisioning begins with it. */
export const SCIM_PATH = "/scim/v2/";
