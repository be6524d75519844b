CREATE TABLE `records` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`plugin` text NOT NULL,
	`shelf` text NOT NULL,
	`text` text NOT NULL,
	`about` text NOT NULL,
	`tags` text NOT NULL,
	`source` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`confidence` real NOT NULL,
	`trusted` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `records_shelf` ON `records` (`plugin`,`shelf`,`trusted`);--> statement-breakpoint
CREATE VIRTUAL TABLE `records_words` USING fts5(`text`, `about`, `tags`, content='records', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `records_added` AFTER INSERT ON `records` BEGIN
	INSERT INTO `records_words`(`rowid`, `text`, `about`, `tags`) VALUES (new.`id`, new.`text`, new.`about`, new.`tags`);
END;
--> statement-breakpoint
CREATE TRIGGER `records_gone` AFTER DELETE ON `records` BEGIN
	INSERT INTO `records_words`(`records_words`, `rowid`, `text`, `about`, `tags`) VALUES ('delete', old.`id`, old.`text`, old.`about`, old.`tags`);
END;
--> statement-breakpoint
CREATE TRIGGER `records_changed` AFTER UPDATE OF `text`, `about`, `tags` ON `records` BEGIN
	INSERT INTO `records_words`(`records_words`, `rowid`, `text`, `about`, `tags`) VALUES ('delete', old.`id`, old.`text`, old.`about`, old.`tags`);
	INSERT INTO `records_words`(`rowid`, `text`, `about`, `tags`) VALUES (new.`id`, new.`text`, new.`about`, new.`tags`);
END;
