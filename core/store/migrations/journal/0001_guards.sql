-- The database itself refuses what the code must never do: moves off the edges (reliability F6), changed history, deleted rows.
CREATE TRIGGER calls_edges BEFORE UPDATE OF state ON calls WHEN NOT (OLD.state || '>' || NEW.state IN (
	'proposed>refused',
	'proposed>held',
	'proposed>admitted',
	'held>admitted',
	'held>denied',
	'held>expired',
	'held>refused',
	'admitted>intent',
	'admitted>refused',
	'admitted>aborted',
	'intent>sending',
	'intent>aborted',
	'sending>accepted',
	'sending>failed',
	'sending>unknown',
	'accepted>verifying',
	'accepted>failed',
	'accepted>unknown',
	'accepted>succeeded',
	'unknown>accepted',
	'unknown>failed',
	'unknown>unresolved',
	'verifying>succeeded',
	'verifying>failed',
	'rolling_back>rolled_back',
	'rolling_back>rollback_failed'
)) BEGIN SELECT RAISE(ABORT, 'journal: no such edge'); END;
--> statement-breakpoint
CREATE TRIGGER calls_terminal BEFORE UPDATE ON calls WHEN OLD.state IN ('refused', 'denied', 'expired', 'aborted', 'unresolved', 'succeeded', 'failed', 'rolled_back', 'rollback_failed') BEGIN SELECT RAISE(ABORT, 'journal: that call has ended'); END;
--> statement-breakpoint
CREATE TRIGGER calls_fixed BEFORE UPDATE OF call_id, n, tool, arguments, secret, caller, unasked, created_ms, incident, remedy, idempotency ON calls BEGIN SELECT RAISE(ABORT, 'journal: what was asked does not change'); END;
--> statement-breakpoint
CREATE TRIGGER calls_bound BEFORE UPDATE OF effect, target, identity, parent ON calls WHEN OLD.state NOT IN ('proposed', 'held', 'admitted') AND (NEW.effect IS NOT OLD.effect OR NEW.target IS NOT OLD.target OR NEW.identity IS NOT OLD.identity OR NEW.parent IS NOT OLD.parent) BEGIN SELECT RAISE(ABORT, 'journal: the target is bound'); END;
--> statement-breakpoint
CREATE TRIGGER calls_born BEFORE INSERT ON calls WHEN NEW.state <> 'proposed' BEGIN SELECT RAISE(ABORT, 'journal: a call begins as proposed'); END;
--> statement-breakpoint
CREATE TRIGGER calls_kept BEFORE DELETE ON calls BEGIN SELECT RAISE(ABORT, 'journal: nothing is deleted'); END;
--> statement-breakpoint
CREATE TRIGGER records_kept BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'journal: nothing is deleted'); END;
--> statement-breakpoint
CREATE TRIGGER reports_kept BEFORE DELETE ON reports BEGIN SELECT RAISE(ABORT, 'journal: nothing is deleted'); END;
--> statement-breakpoint
CREATE TRIGGER asks_kept BEFORE DELETE ON asks BEGIN SELECT RAISE(ABORT, 'journal: nothing is deleted'); END;
--> statement-breakpoint
CREATE TRIGGER records_fixed BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'journal: append only'); END;
--> statement-breakpoint
CREATE TRIGGER reports_fixed BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'journal: append only'); END;
--> statement-breakpoint
CREATE TRIGGER asks_once BEFORE UPDATE ON asks WHEN OLD.state <> 'open' BEGIN SELECT RAISE(ABORT, 'journal: an ask is decided once'); END;
--> statement-breakpoint
CREATE TRIGGER asks_fixed BEFORE UPDATE OF id, call_id, body, expires_ms ON asks BEGIN SELECT RAISE(ABORT, 'journal: an ask does not change'); END;
--> statement-breakpoint
CREATE TRIGGER fence_rises BEFORE UPDATE ON fence WHEN NEW.epoch <= OLD.epoch BEGIN SELECT RAISE(ABORT, 'journal: the epoch only rises'); END;
--> statement-breakpoint
CREATE TRIGGER fence_kept BEFORE DELETE ON fence BEGIN SELECT RAISE(ABORT, 'journal: nothing is deleted'); END;
