/** Ids of an organisation's objects, by the parameter of a path that names them. */
export const OWN = {
  project_id: "proj_own",
  user_id: "user-target",
  invite_id: "invite-own",
  admin_key_id: "key_own",
  service_account_id: "svc_acct_own",
  api_key_id: "key_aaaaaaaaaaaa",
  group_id: "group_own",
  role_id: "role_own",
  limit_scope: "project",
  subject_id: "proj_own",
  credit_id: "credit_own",
  spend_alert_id: "alert_own",
  webhook_id: "webhook_own",
  delivery_id: "delivery_own",
  rate_limit_id: "rl-tiny",
  chat_id: "gen_own",
  erasure_id: "svc_acct_erased",
  legal_hold_id: "svc_acct_held",
};
/** The same of another organisation. */
export const FOREIGN = {
  project_id: "proj_foreign",
  user_id: "user-foreign",
  invite_id: "invite-foreign",
  admin_key_id: "key_foreign",
  service_account_id: "svc_acct_foreign",
  api_key_id: "key_ffffffffffff",
  group_id: "group_foreign",
  role_id: "role_foreign",
  limit_scope: "planet",
  subject_id: "proj_foreign",
  credit_id: "credit_foreign",
  spend_alert_id: "alert_foreign",
  webhook_id: "webhook_foreign",
  delivery_id: "delivery_foreign",
  rate_limit_id: "rl-foreign",
  chat_id: "gen_foreign",
  erasure_id: "svc_acct_erased_foreign",
  legal_hold_id: "svc_acct_held_foreign",
};

export type ObjectIds = typeof OWN;
