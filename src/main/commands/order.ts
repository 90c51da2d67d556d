/** Commands in the order of the help: what is used most stands on top. */
export const ORDER = [
  'init',
  'validate',
  'plan',
  'apply',
  'status',
  'up',
  'serve',
  'approve',
  'reject',
  'models show',
  'models rollback',
  'ledger export',
  'ledger verify',
  'doctor',
] as const;
