CREATE TABLE `asks` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`body` text NOT NULL,
	`expires_ms` integer NOT NULL,
	`state` text NOT NULL,
	`decided_by` text,
	`words` text
);
--> statement-breakpoint
CREATE INDEX `asks_state` ON `asks` (`state`);--> statement-breakpoint
CREATE UNIQUE INDEX `asks_call` ON `asks` (`call_id`);--> statement-breakpoint
CREATE TABLE `calls` (
	`call_id` text PRIMARY KEY NOT NULL,
	`n` integer NOT NULL,
	`tool` text NOT NULL,
	`arguments` text,
	`secret` integer NOT NULL,
	`caller` text NOT NULL,
	`unasked` integer NOT NULL,
	`created_ms` integer NOT NULL,
	`incident` text,
	`remedy` text,
	`idempotency` text,
	`effect` text NOT NULL,
	`target` text,
	`name` text,
	`identity` text,
	`parent` text,
	`decision` text NOT NULL,
	`rule` text NOT NULL,
	`why` text,
	`state` text NOT NULL,
	`text` text,
	`upid` text,
	`warnings` text,
	`approved_by` text,
	`sent` text,
	`sent_ms` integer,
	`attempt_ended_ms` integer,
	`unknown_ms` integer,
	`ended_ms` integer,
	`data` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calls_n` ON `calls` (`n`);--> statement-breakpoint
CREATE INDEX `calls_created` ON `calls` (`created_ms`);--> statement-breakpoint
CREATE INDEX `calls_target` ON `calls` (`target`);--> statement-breakpoint
CREATE INDEX `calls_state` ON `calls` (`state`);--> statement-breakpoint
CREATE INDEX `calls_idempotency` ON `calls` (`idempotency`);--> statement-breakpoint
CREATE UNIQUE INDEX `calls_one_active_per_target` ON `calls` (`target`) WHERE "calls"."state" IN ('intent', 'sending', 'accepted', 'unknown', 'verifying');--> statement-breakpoint
CREATE TABLE `fence` (
	`id` integer PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `reads` (
	`n` integer PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reads_call_id_unique` ON `reads` (`call_id`);--> statement-breakpoint
CREATE TABLE `records` (
	`seq` integer PRIMARY KEY NOT NULL,
	`call_id` text,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`state` text,
	`data` text NOT NULL,
	`prev` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `records_call` ON `records` (`call_id`);--> statement-breakpoint
CREATE INDEX `records_kind` ON `records` (`kind`);--> statement-breakpoint
CREATE TABLE `reports` (
	`call_id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`state` text NOT NULL,
	`body` text NOT NULL
);
