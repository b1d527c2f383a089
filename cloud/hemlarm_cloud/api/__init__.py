"""The receiving centre over HTTP: each domain has its router here, and the domain's own rules decide."""
