CREATE TABLE `spending` (
	`day` text NOT NULL,
	`route` text NOT NULL,
	`model` text NOT NULL,
	`input` integer NOT NULL,
	`output` integer NOT NULL,
	`cached` integer NOT NULL,
	`cost_usd` real NOT NULL,
	PRIMARY KEY(`day`, `route`, `model`)
);
