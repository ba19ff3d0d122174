# Request CSV format directly
response = requests.get(
    f'{BASE_URL}/data/events/room/room_abc123',
    headers=headers,
    params={'format': 'csv'}
)

# Save to file
with open('events.csv', 'w') as f:
    f.write(response.text)

# Or load into pandas
import pandas as pd
from io import StringIO

df = pd.read_csv(StringIO(response.text))
