CREATE TABLE `chunks` (
	`tier` integer NOT NULL,
	`start_s` integer NOT NULL,
	`series` integer NOT NULL,
	`body` blob NOT NULL,
	PRIMARY KEY(`tier`, `start_s`, `series`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `fills` (
	`resource` text PRIMARY KEY NOT NULL,
	`since_ms` integer NOT NULL,
	`next` text
);
--> statement-breakpoint
CREATE TABLE `samples` (
	`id` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`low` text NOT NULL,
	`high` text NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `samples_at` ON `samples` (`at_ms`);--> statement-breakpoint
CREATE TABLE `series` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`seen_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series_name_unique` ON `series` (`name`);