"""The app under what others have built: does it keep to what they expect of it?"""
