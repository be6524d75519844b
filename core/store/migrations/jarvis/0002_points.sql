INSERT INTO `samples` (`at_ms`, `low`, `high`, `body`) SELECT `at_ms`, min(`series`), max(`series`), json_group_object(`series`, `value`) FROM `points` GROUP BY `at_ms` ORDER BY `at_ms`;--> statement-breakpoint
DROP TABLE `points`;
