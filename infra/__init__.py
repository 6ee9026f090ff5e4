"""How the engine is deployed to Azure: Bicep by concern, azd's hooks, and the check that reads them."""
