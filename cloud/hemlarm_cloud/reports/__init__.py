"""The reports that customers order: on demand or each month, as CSV and PDF, in Swedish and in English."""
