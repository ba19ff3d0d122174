# Download events in CSV format
curl -H "X-API-Key: hst_live_your_key_here" \
"https://api.hyperstudy.io/api/v3/data/events/room/room_abc123?format=csv" \
> events.csv
