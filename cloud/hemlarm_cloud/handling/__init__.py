"""What people at the receiving centre do with a case: action plans, tasks, pictures, timers, the queue, the closing."""
