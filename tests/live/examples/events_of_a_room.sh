curl -H "X-API-Key: YOUR_KEY" \
"https://api.hyperstudy.io/api/v3/data/events/room/room_abc123?limit=100&sort=onset&order=asc"
