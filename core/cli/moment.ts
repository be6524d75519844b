// A moment as a person reads it: the day and the minute, in UTC as Jarvis's own words have it. Pure.

/** `2026-11-23 19:44 UTC` of an ISO time; what is none stays as it is. */
export const moment = (iso: string): string => (/^\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso);
