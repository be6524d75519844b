// The stable words for why a call was allowed, asked about, refused or ended: one sentence each. Programs rely on the words.

export const RULES = {
  // Allowed
  allowed: "The table of effects and callers lets it run.",
  approved: "A person approved exactly this.",
  dry_run: "Only tried out: nothing was sent.",
  // Policy
  scope: "The caller's scope does not reach that far.",
  killed: "The kill switch is engaged.",
  paused: "What Jarvis does unasked is paused.",
  observe: "Jarvis only observes now and says what it would have done.",
  rule_observe: "A rule of the operator has Jarvis only watch here.",
  protected: "The target is on the list of what must not be touched.",
  self: "Jarvis itself runs on the target.",
  self_unknown: "Jarvis does not know what it runs on; set `self: guest/ID` or `outside`.",
  self_unread: "Jarvis has not read yet, since it started, whether something it cannot do without runs there.",
  attended: "A console is opened by a person at the dashboard or with ./jarvis console, and by nobody else.",
  several_targets: "It would touch more than its one target.",
  propose: "In `propose` Jarvis asks before it disturbs anything.",
  rule_propose: "A rule of the operator has Jarvis ask here before it disturbs anything.",
  incident_over: "The incident it was for is unknown, over or part of another by now.",
  off_incident: "A step of a remedy or runbook may do only what was prescribed for its incident.",
  unbound: "Unasked, Jarvis disturbs things only as a step of a remedy bound to an incident.",
  destructive: "Destructive acts wait for a person who types the target.",
  token_destructive: "A token of scope operate may not destroy anything.",
  tainted: "Text from outside took part in forming this request, so a person looks at it first.",
  rule_deny: "A rule of the operator refuses it.",
  rule_ask: "A rule of the operator wants a person asked.",
  hold: "The one who proposed it wants a person to decide.",
  // Preconditions (reliability F4)
  no_target: "It does not name exactly one target.",
  identity: "The target is not the one that was meant, or cannot be told apart.",
  quorum: "The cluster has no quorum, or it cannot be learned.",
  locked: "The target is locked by another operation.",
  busy: "Another task is running on the target.",
  ha: "The cluster's high availability holds the target in a state that must not be disturbed.",
  template: "The target is a template.",
  protection: "The target has its protection flag set.",
  human: "A person stopped or changed the target, and Jarvis does not act against that by itself.",
  maintenance: "Maintenance is on.",
  no_backup: "What it may lose could not be brought back from a good backup.",
  capacity: "Too little would be left free on the carrier.",
  stale: "The facts were too old by the time they would have been used.",
  not_found: "The target is not there.",
  ambiguous: "More than one thing answers to that name.",
  preflight_failed: "The facts to decide by could not be read.",
  no_right: "The credential Jarvis uses there may not do it.",
  already: "What it would bring about is so already; nothing was sent.",
  // Budgets (reliability F3)
  target_busy: "Another act on the same target is under way.",
  target_frozen: "How an earlier act on the target ended is not known, or it came late, or Jarvis gave up on it; a person has to look.",
  target_attempts: "Enough attempts on this target within the hour.",
  target_gap: "Too soon after the last attempt on this target.",
  node_concurrency: "Another disruptive act is under way on the same carrier.",
  node_attempts: "Enough disruptive acts on this carrier within half an hour.",
  cluster_concurrency: "Enough disruptive acts are under way.",
  group_concurrency: "Another disruptive act is under way on what the target stands on, or on what stands on it.",
  cluster_attempts: "Enough disruptive acts on the cluster.",
  destructive_attempts: "Enough destructive acts within the hour.",
  caller_rate: "This caller has had thirty effects within a minute.",
  unhealthy_share: "So much is unhealthy at once that the cause lies elsewhere.",
  // Asks
  already_asked: "The same is already waiting for a person's decision.",
  rejected: "A person said no.",
  expired: "Nobody decided in time.",
  changed: "What was asked about is no longer what would be done.",
  secret_lost: "Its arguments held a secret, which is not kept over a restart.",
  // Life
  journal: "The journal could not take it, so nothing was done.",
  stopping: "Jarvis is stopping.",
  restarted: "Jarvis was restarted before anything was sent.",
} as const;

export type Rule = keyof typeof RULES;

/** Why something may not be: the rule, the words for this case, and whether it binds the caller or is only a warning. `lasting`: neither time nor an approval lifts it. */
export interface Finding {
  readonly rule: Rule;
  readonly words: string;
  readonly binding: boolean;
  readonly lasting?: boolean;
}
