// Keys without a value are left out, so that a reading compares equal to itself after JSON.

/** Changes the object it is handed, which must be a fresh one. */
export const compact = <T extends object>(fresh: T): T => {
  for (const [key, value] of Object.entries(fresh)) if (value === undefined) Reflect.deleteProperty(fresh, key);
  return fresh;
};
