"""What calls use and what that costs."""
