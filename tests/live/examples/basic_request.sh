curl -H "X-API-Key: YOUR_API_KEY" \
"https://api.hyperstudy.io/api/v3/data/events/room/YOUR_ROOM_ID?limit=10"
