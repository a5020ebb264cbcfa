-- Attempts that failed, and ends. `log_not_a_success` has holds too, and while an endpoint is paused those are thousands between two
-- failures: who looks for a failure would read them all.
create index log_failed on log (subscription, notification) where reason is not null and kind <> 'h';
