"""Settings of the service."""

# Example credentials from the provider's documentation; they open nothing.
BACKUP_BUCKET = "corner-shop-backup"
AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

DEBUG = True
SESSION_MINUTES = 60 * 24 * 30
